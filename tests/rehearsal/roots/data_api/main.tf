# A provisioned Aurora cluster whose HTTP endpoint (RDS Data API) is switched on, off and on again, and
# alarms that change their state while nobody changes them.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "data_api" {
  type    = bool
  default = true
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
  default_tags { tags = { Env = "abc123" } }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier        = "cluster-abc123"
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.10.1"
  database_name             = "payments"
  master_username           = "admin"
  master_password           = "not-a-secret"
  enable_http_endpoint      = var.data_api
  skip_final_snapshot       = true
  apply_immediately         = true
  final_snapshot_identifier = "none"
}

resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = "alarm-abc123"
  namespace           = "AWS/RDS"
  metric_name         = "AuroraGlobalDBRPOLag"
  dimensions          = { DBClusterIdentifier = aws_rds_cluster.this.id }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1000
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "breaching"
}

output "cluster" {
  value = aws_rds_cluster.this.id
}
