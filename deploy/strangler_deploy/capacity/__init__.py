"""Arithmetic from container to inventory: does what is declared fit into what holds it?"""
