terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
  backend "s3" {
    bucket = "harbourline-tfstate"
    key    = "agents/terraform.tfstate"
    region = "eu-west-1"
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      company     = "harbourline"
      environment = "prod"
    }
  }
}

module "data" {
  source = "./modules/data"
  prefix = local.prefix
}

# The public shipment chat on the website.
module "chat" {
  source         = "./modules/chat"
  prefix         = local.prefix
  customers      = module.data.customers
  tracking       = module.data.tracking
  website_bucket = module.data.website_bucket
}

# Finance, HR, marketing and procurement assistants.
module "back_office" {
  source = "./modules/back-office"
  prefix = local.prefix
  stores = {
    billing  = module.data.billing
    hr       = module.data.hr_records
    crm      = module.data.crm
    leads    = module.data.leads
    payments = module.data.payments
  }
}

# The assistant every employee can ask for help with accounts and machines.
module "helpdesk" {
  source     = "./modules/helpdesk"
  prefix     = local.prefix
  tickets    = module.data.tickets
  devices    = module.data.devices
  user_pool  = module.data.staff_pool
  account_id = var.account_id
}

# Agents that look after the cloud and the delivery pipeline.
module "cloudops" {
  source     = "./modules/cloudops"
  prefix     = local.prefix
  region     = var.region
  account_id = var.account_id
}

# Answers questions about the public documentation.
module "docs_assistant" {
  source = "./modules/docs-assistant"
  prefix = local.prefix
}
