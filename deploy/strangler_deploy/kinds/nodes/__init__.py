"""The machines: classes and pools of nodes."""
