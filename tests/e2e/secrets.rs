//! Secrets are masked in output.

use crate::world::World;

const MARKED: &str = "marked-by-the-user-7f3a";
const PLAIN: &str = "plain-in-the-program-9c1d";

#[test]
fn an_error_shows_no_secret() {
    let world = World::new(&format!(
        "
resources:
  connection:
    type: private-step-functions:Connection
    properties:
      auth:
        apiKey: {{ name: x-api-key, value: {MARKED} }}
        basic: {{ username: caller, password: {PLAIN} }}
"
    ));
    world.preview().fails().never_says(MARKED).never_says(PLAIN);
    world.up().fails().never_says(MARKED).never_says(PLAIN);
    world.finish();
}
