"""Cameras and rays: pure maths."""

from c2c.geometry.cameras import Camera, EquirectangularCamera, PinholeCamera, sine_cosine

__all__ = ["Camera", "EquirectangularCamera", "PinholeCamera", "sine_cosine"]
