//! The emulator: the processing of one call, and the Rust interface of the control plane.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::accounts::Accounts;
use crate::faults::{Fault, FaultKind, Faults};
use crate::journal::{Entry, masked};
use crate::mode::Mode;
use crate::operation::{CallCx, Protocol, ResourceRow, SERVICES, Service, ServiceError};
use crate::protocol::{self, Decoded, Scope};
use crate::seeds::Seed;
use crate::shapes::MODELS;
use crate::{control, journal, validate};

/// The settings of an emulator.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Divides all waits of [`crate::timings`] and multiplies the refill rate of all token buckets. Greater than 0.
    pub speed: f64,
    /// The account of every caller that has not assumed a role elsewhere.
    pub account: String,
    /// The start time of the emulator, in seconds since the epoch.
    pub epoch: u64,
    /// Whether token buckets throttle. On, as in AWS; off for tests that make hundreds of calls.
    pub throttling: bool,
    /// Which variant of AWS's behavior applies.
    pub mode: Mode,
    /// Whether EventBridge rejects a configuration that may not be associated with a shared service network. It is unknown
    /// whether AWS does (docs/aws-behavior.md, `shareable-default`).
    pub requires_shareable: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            speed: 1.0,
            account: "123456789012".to_owned(),
            epoch: 1_767_225_600,
            throttling: true,
            mode: Mode::of_the_run(),
            requires_shareable: false,
        }
    }
}

/// The connection was reset, so there is no response. The caller does not know whether the request took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connection reset by peer")]
pub struct ConnectionReset;

/// An emulated AWS. Clones share their state.
#[derive(Clone, Debug)]
pub struct Emulator(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    accounts: Accounts,
    faults: Faults,
    journal: Vec<Entry>,
}

impl Emulator {
    /// Returns an emulator with only the starting state of each Region.
    ///
    /// # Panics
    /// Outside of a tokio runtime, because it reads tokio's clock.
    pub fn new(settings: Settings) -> Self {
        let accounts = Accounts::new(settings, Instant::now());
        Self(Arc::new(Mutex::new(Inner {
            accounts,
            faults: Faults::default(),
            journal: Vec::new(),
        })))
    }

    /// Answers one request, of an AWS service or of the control plane.
    ///
    /// # Errors
    /// [`ConnectionReset`] when an injected fault requires it.
    pub async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ConnectionReset> {
        if request.uri().path().starts_with(control::PREFIX) {
            return Ok(control::answer(self, &request));
        }
        let call = match self.lock().receive(&request) {
            Ok(call) => call,
            Err(refused) => return Ok(*refused),
        };
        let (result, id) = (self.run(&call).await?, &call.cx.request_id);
        Ok(match result {
            Ok(output) => protocol::answer(call.service, &call.decoded.operation, &output, id),
            Err(error) => protocol::failure(call.service.protocol, &error, id),
        })
    }

    /// Makes one call without HTTP, by model names, as the account's own user in one Region: for tests that set up and
    /// inspect the state from Rust. Faults, throttling, validation and journal work as for HTTP.
    ///
    /// # Errors
    /// Outer result: [`ConnectionReset`] when an injected fault requires it. Inner result: the service's error.
    ///
    /// # Panics
    /// When the service or operation does not exist.
    pub async fn invoke(
        &self,
        region: &str,
        service: &str,
        operation: &str,
        params: Value,
    ) -> Result<Result<Value, ServiceError>, ConnectionReset> {
        let found = SERVICES.iter().find(|candidate| candidate.name == service);
        let Some(service) = found.filter(|s| MODELS[s.name].operations.contains_key(operation)) else {
            panic!("there is no {service}:{operation} here");
        };
        let call = {
            let mut inner = self.lock();
            inner.accounts.advance(Instant::now());
            let cx = inner.cx(String::new(), region.to_owned());
            let decoded = Decoded {
                operation: operation.to_owned(),
                body: params.clone(),
                params,
            };
            inner.begin(service, cx, decoded, &json!({ "method": "none" }))
        };
        self.run(&call).await
    }

    /// Applies the faults and runs the service.
    async fn run(&self, call: &Call) -> Result<Result<Value, ServiceError>, ConnectionReset> {
        if call.has(FaultKind::ResetBefore) {
            self.lock().outcome(call, "reset before", None);
            return Err(ConnectionReset);
        }
        let slow = call.faults.iter().filter(|fault| fault.kind == FaultKind::Slow);
        let delay: f64 = slow.map(|fault| fault.delay).sum();
        if delay > 0.0 {
            tokio::time::sleep(Duration::from_secs_f64(delay)).await;
        }
        let result = self.process(call);
        if call.has(FaultKind::ResetAfter) {
            return Err(ConnectionReset);
        }
        if call.has(FaultKind::NoAnswer) {
            // Wait until the client closes the connection.
            std::future::pending::<()>().await;
        }
        Ok(result)
    }

    fn process(&self, call: &Call) -> Result<Value, ServiceError> {
        let mut inner = self.lock();
        inner.accounts.advance(Instant::now());
        let result = inner.process(call);
        match &result {
            _ if call.has(FaultKind::ResetAfter) => inner.outcome(call, "reset after", None),
            _ if call.has(FaultKind::NoAnswer) => inner.outcome(call, "no answer", None),
            Ok(_) => inner.outcome(call, "ok", None),
            Err(error) => inner.outcome(call, &error.code, Some(error.message.clone())),
        }
        result
    }

    /// Returns every call so far, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.lock().journal.clone()
    }

    /// Returns everything that exists now.
    pub fn resources(&self) -> Vec<ResourceRow> {
        let mut inner = self.lock();
        inner.accounts.advance(Instant::now());
        inner.accounts.resources()
    }

    /// Returns everything that exists now besides the starting state.
    pub fn beyond_start(&self) -> Vec<ResourceRow> {
        self.resources().into_iter().filter(|row| !row.starting_state).collect()
    }

    /// Injects a fault.
    ///
    /// # Panics
    /// When the fault can never take effect ([`Fault::mistake`]).
    pub fn inject(&self, fault: Fault) {
        assert_eq!(fault.mistake(), None);
        self.lock().faults.plan(fault);
    }

    /// Removes all injected faults.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// Replaces the set of denied actions (`service:Operation`).
    pub fn deny(&self, actions: impl IntoIterator<Item = String>) {
        self.lock().accounts.denied = actions.into_iter().collect();
    }

    /// Makes a situation that no AWS call makes here ([`crate::seeds`]). Returns the ids of new objects.
    ///
    /// # Errors
    /// Why the seed is refused: an unknown kind, member, object or value.
    pub fn seed(&self, seed: Value) -> Result<Value, String> {
        let seed: Seed = serde_json::from_value(seed).map_err(|error| error.to_string())?;
        self.with_accounts(|accounts| seed.apply(accounts))
    }

    /// Changes or reads the state directly, for effects that no AWS call has.
    pub fn with_accounts<T>(&self, use_accounts: impl FnOnce(&mut Accounts) -> T) -> T {
        let mut inner = self.lock();
        inner.accounts.advance(Instant::now());
        use_accounts(&mut inner.accounts)
    }

    /// Replaces the state by a new one with the same settings, an empty journal and no faults.
    pub fn reset(&self) {
        let mut inner = self.lock();
        let settings = inner.accounts.settings.clone();
        *inner = Inner {
            accounts: Accounts::new(settings, Instant::now()),
            faults: Faults::default(),
            journal: Vec::new(),
        };
    }

    /// Returns the implemented operations by service.
    pub fn operations() -> BTreeMap<String, Vec<String>> {
        MODELS
            .iter()
            .map(|(name, model)| (name.clone(), model.operations.keys().cloned().collect()))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic inside a service leaves a partial change behind. Tests should report that panic, not a poisoned lock.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl tower::Service<Request<Bytes>> for Emulator {
    type Response = Response<Bytes>;
    type Error = ConnectionReset;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, ConnectionReset>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectionReset>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let emulator = self.clone();
        Box::pin(async move { Self::call(&emulator, request).await })
    }
}

/// A decoded call, and its index in the journal.
struct Call {
    service: &'static Service,
    cx: CallCx,
    decoded: Decoded,
    faults: Vec<Fault>,
    entry: usize,
}

impl Call {
    fn has(&self, kind: FaultKind) -> bool {
        self.faults.iter().any(|fault| fault.kind == kind)
    }
}

impl Inner {
    /// Decodes a request and records it. A request that cannot be decoded gets an error response immediately.
    fn receive(&mut self, request: &Request<Bytes>) -> Result<Call, Box<Response<Bytes>>> {
        self.accounts.advance(Instant::now());
        let Some((service, scope)) = service_and_scope(request) else {
            let error = ServiceError::new("MissingAuthenticationToken", "Request is missing Authentication Token");
            let id = self.accounts.ids.uuid();
            return Err(Box::new(protocol::failure(Protocol::Json, &error.status(403), &id)));
        };
        let cx = self.cx(scope.access_key, scope.region);
        let (decoded, error) = match protocol::decode(service, request) {
            Ok(decoded) => (decoded, None),
            Err(error) => (Decoded::not_understood(), Some(error)),
        };
        let path = request.uri().path_and_query().map(|path| path.as_str());
        let agent = request
            .headers()
            .get("user-agent")
            .and_then(|agent| agent.to_str().ok());
        let http = json!({
            "method": request.method().as_str(), "path": path, "body": masked(&decoded.body), "userAgent": agent,
        });
        let refusal = error.as_ref().map(|error| format!("{}: {}", error.code, error.message));
        journal::keep(
            service.name,
            &decoded.operation,
            &decoded.params,
            &http,
            refusal.as_deref(),
        );
        let call = self.begin(service, cx, decoded, &http);
        match error {
            None => Ok(call),
            Some(error) => {
                self.outcome(&call, &error.code, Some(error.message.clone()));
                Err(Box::new(protocol::failure(
                    service.protocol,
                    &error,
                    &call.cx.request_id,
                )))
            }
        }
    }

    fn cx(&mut self, access_key: String, region: String) -> CallCx {
        let caller = self
            .accounts
            .sts
            .caller(&access_key, &self.accounts.settings.account, &region);
        CallCx {
            account: caller.account,
            fails: false,
            region,
            caller: caller.arn,
            access_key,
            request_id: self.accounts.ids.uuid(),
        }
    }

    /// Records a call and finds the faults that apply to it.
    fn begin(&mut self, service: &'static Service, cx: CallCx, decoded: Decoded, http: &Value) -> Call {
        self.journal.push(Entry {
            time: self.accounts.elapsed(),
            service: service.name.to_owned(),
            operation: decoded.operation.clone(),
            account: cx.account.clone(),
            region: cx.region.clone(),
            parameters: masked(&decoded.params),
            request: http.clone(),
            outcome: "pending".to_owned(),
            message: None,
            request_id: cx.request_id.clone(),
        });
        let faults = self.faults.strike(service.name, &decoded.operation);
        let cx = CallCx {
            fails: faults.iter().any(|fault| fault.kind == FaultKind::Fail),
            ..cx
        };
        Call {
            service,
            cx,
            decoded,
            faults,
            entry: self.journal.len() - 1,
        }
    }

    /// Processes a decoded call up to its result.
    fn process(&mut self, call: &Call) -> Result<Value, ServiceError> {
        let Call {
            service,
            cx,
            decoded: Decoded { operation, params, .. },
            ..
        } = call;
        let action = format!("{}:{operation}", service.name);
        if let Some(refusal) = call.faults.iter().find_map(|fault| fault.error.as_ref()) {
            return Err(ServiceError::new(refusal.code.clone(), refusal.message.clone()).status(refusal.status));
        }
        if call.has(FaultKind::Throttle) {
            return Err((service.throttled)());
        }
        if call.has(FaultKind::Internal) {
            return Err((service.internal)());
        }
        if call.has(FaultKind::AccessDenied) || self.accounts.denied.contains(&action) {
            return Err((service.denied)(&action));
        }
        if let Some(bucket) = (service.bucket)(operation, params).filter(|_| self.accounts.settings.throttling) {
            let (speed, now) = (self.accounts.settings.speed, self.accounts.now());
            if !self.accounts.buckets.take(&cx.account, &cx.region, bucket, speed, now) {
                return Err((service.throttled)());
            }
        }
        let model = &MODELS[service.name];
        if let Some(input) = &model.operations[operation].input {
            let violations = validate::validate(model, input, params);
            if let Some(mistyped) = service.protocol.mistyped(&violations) {
                return Err(mistyped);
            }
            if !violations.is_empty() {
                return Err((service.invalid)(&violations));
            }
        }
        (service.handle)(&mut self.accounts, cx, operation, params)
    }

    fn outcome(&mut self, call: &Call, outcome: &str, message: Option<String>) {
        // A reset during a slow call may have emptied the journal.
        let entry = self
            .journal
            .get_mut(call.entry)
            .filter(|entry| entry.request_id == call.cx.request_id);
        if let Some(entry) = entry {
            outcome.clone_into(&mut entry.outcome);
            entry.message = message;
        }
    }
}

/// Returns the service of a request. Only AssumeRoleWithWebIdentity is unsigned; its Region does not matter.
fn service_and_scope(request: &Request<Bytes>) -> Option<(&'static Service, Scope)> {
    let scope = protocol::scope(request).or_else(|| {
        let unsigned = form_urlencoded::parse(request.body())
            .any(|(name, value)| name == "Action" && value == "AssumeRoleWithWebIdentity");
        unsigned.then(|| Scope {
            access_key: String::new(),
            region: "us-east-1".to_owned(),
            service: crate::sts::SERVICE.name.to_owned(),
        })
    })?;
    let service = SERVICES.iter().find(|service| service.name == scope.service)?;
    Some((*service, scope))
}

#[cfg(test)]
mod tests;
