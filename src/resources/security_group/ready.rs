//! Waits until a security group is ready: until EC2 shows it.

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::Resource;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Live, SecurityGroup};
use crate::aws::Aws;
use crate::aws::wait::{EC2_UNKNOWN_FOR, Wait, retry};

/// Waits until DescribeSecurityGroups shows the new group, and returns it.
pub(super) async fn ready(cx: &Cx<Aws>, id: &str) -> Result<Live, Error> {
    let wait = Wait {
        what: "the new security group to be known to EC2",
        deadline: Instant::now() + EC2_UNKNOWN_FOR,
    };
    let look = || async {
        let missing = || Error::new(ErrorKind::NotFound, format!("{id} is not there yet"));
        SecurityGroup::find(cx, id).await?.ok_or_else(missing)
    };
    retry(cx, wait, look, Error::is_not_found).await
}
