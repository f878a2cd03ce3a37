"""The loop, schedules, checkpoints: how an approach learns and how a killed run goes on."""
