"""Proves who may touch whose data: an evaluator of IAM policies, run over every identity and every resource.

Only the policies that stand in the tree are evaluated; what AWS adds outside (service control policies, VPC endpoint
policies) can only take away, and is not looked at.
"""
