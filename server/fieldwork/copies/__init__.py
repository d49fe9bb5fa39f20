"""Copies: what people who were named see of somebody's visit, plan or task, whose row they do not reach."""
