# The payment platform serves from us-east-1; us-west-2 takes over when it is lost.
#
# This is the one file to edit. A key that is commented out shows its default. `invoke doctor`
# checks the file, and what it names in AWS, without changing anything; every mistake in it is
# reported at once. Every key with its meaning and rule: docs/settings.md.

system = "disaster-recovery"

# Part of every name in the account (vpc-migration-dr1234). Two deployments with different suffixes
# live side by side; changing it later means new resources. `--suffix` takes its place.
environment_suffix = "dr1234"

# The only account that this may be applied to. Credentials of another one are refused.
account_id = "123456789012"

# "destroyable": `invoke teardown` leaves nothing behind: no final snapshot, no deletion protection.
# "production": the inverse, and Amazon Linux 2, moving image tags and single instances are refused.
# protection = "destroyable"

# On every resource, beside the tags that the stacks set themselves.
# tags = { team = "payments" }

# Terraform's state: one object per stack, with a lock file beside it. `invoke bootstrap` makes the
# bucket. Its name is unique in the world. What is needed during the disaster must not live in the
# disaster: its region is never the primary's.
state = {
  bucket = "payments-terraform-state-dr1234"
  region = "us-west-2"
}

# The region that serves and writes. The blocks of the two VPCs must be disjoint, because they are peered.
primary = {
  region             = "us-east-1"
  vpc_cidr           = "10.0.0.0/16" # /16 to /22
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]

  # "per-az": a zone's loss takes only its own NAT gateway. "single": one for all zones, cheaper. The
  # probe reaches the load balancer through it, so "none" is refused here.
  # nat_mode = "per-az"
}

# The region that takes over. The global stacks (zone, records, intents) are operated from here.
standby = {
  region             = "us-west-2"
  vpc_cidr           = "10.1.0.0/16"
  availability_zones = ["us-west-2a", "us-west-2b", "us-west-2c"]
  # nat_mode = "per-az"
}

# Clients resolve RECORD.ZONE_NAME. The zone is made here and moves nobody until its parent delegates
# to it (`invoke outputs` shows the name servers). Route 53 does not host example.com: put in your own.
domain = {
  zone_name = "pay.example.com"
  # record = "api"
}

# The Aurora global database.
database = {
  # The exact version with its patch: a switchover needs the same one on both sides.
  engine_version = "8.0.mysql_aurora.3.10.1"

  # Memory-optimized, db.r5 or newer: a global database does not run on t classes.
  instance_class = "db.r6g.large"

  # Per region. The first is the writer, or the one that becomes it.
  instances = 2

  # The database made in the primary, and its administrator.
  # name            = "payments"
  # master_username = "payments_admin"

  # The administrator's password is in this secret of the primary region, as the JSON key `password`.
  # It is fetched, never made, and never enters state. After a rotation raise the version by one.
  # master_secret_name      = "payments/database/master"
  # master_password_version = 1

  # Take over a cluster that exists in the primary region, instead of making one. Its network stays yours:
  # peer and route its VPC with both VPCs of this file, and let them in on its port.
  # existing_primary_cluster_arn = "arn:aws:rds:us-east-1:123456789012:cluster:payments"

  # 7 to 35 days; the windows are in UTC and must not meet.
  # backup_retention_days = 7
  # backup_window         = "02:00-03:00"
  # maintenance_window    = "sun:03:30-sun:04:30"
}

# The payment processor: a group of instances behind a load balancer, the same in both regions.
# The standby's run warm: they read, and queue payment intents until there is a writer again.
service = {
  instance_type = "t3.medium"

  # min_size <= desired_capacity <= max_size. The desired capacity is the beginning only: scaling
  # decides later, and a deployment leaves its decision alone.
  min_size         = 2
  max_size         = 6
  desired_capacity = 2

  # "amazon-linux-2" (end of life 2026-06-30) or "amazon-linux-2023" (recommended).
  ami_family = "amazon-linux-2"

  # The newest image when the service is first deployed, then the same one. Raise by one to take the
  # newest again; the instances are then replaced one after the other.
  # ami_release = 1

  # Repository in the ECR of each region, and a tag or digest ("sha256:...") that is in both.
  image_repository = "payment-processor"
  image            = "1.0.0"

  # The container serves plain HTTP on this port of its instance; TLS on 443 is in front of it.
  # container_port    = 8080
  # health_check_path = "/health"

  # A new instance has this long to become healthy; requests under way, this long to finish.
  # health_check_grace_seconds   = 300
  # deregistration_delay_seconds = 60

  # Secret that the instances read at start; replicate it to the standby region.
  # credentials_secret_name = "payments/database/application"

  # Who may reach the load balancer on 443 and 80.
  # ingress_cidrs = ["0.0.0.0/0"]

  # root_volume_gb     = 30
  # log_retention_days = 30
}

# When an alarm goes off, and who is told.
alarms = {
  replication_lag_ms    = 5000 # not above failover.rpo_limit_seconds
  healthy_hosts_minimum = 2    # not above service.min_size
  # period_seconds      = 60
  # evaluation_periods  = 2
  # emails              = ["payments-oncall@example.com"]
}

# When DNS gives a region up. A client is sent to the standby after at most
#   request_interval x failure_threshold + 6 (a checker gives up) + 5 (its verdict reaches DNS) + ttl
# seconds: 10 x 3 + 6 + 5 + 10, which is 51. More than rto_limit_seconds is refused. The writer of the database
# takes minutes to follow; meanwhile payments are accepted as intents.
failover = {
  request_interval  = 10 # or 30
  failure_threshold = 3
  ttl               = 10

  # Promises: they can be made tighter, not looser. Aurora can alarm on the second, not enforce it.
  # rto_limit_seconds = 60
  # rpo_limit_seconds = 5

  # Let the intents be written to the database through RDS Data API.
  # data_api = true

  # Minutes between two deep looks of a region's probe, which put metrics. What Route 53 asks is apart.
  # probe = { deep_minutes = 1 }
}

# What was accepted while no database could be written to (DynamoDB, in both regions).
intents = {
  # Days that an intent is kept after it was written to the database; a repetition is recognised so long.
  # retention_days = 35
}
