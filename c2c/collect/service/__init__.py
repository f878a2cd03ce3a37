"""The Toytown service: a town of Toytown as the world's picture collections would serve it, on this machine alone."""

from c2c.collect.service.catalogue import Catalogue
from c2c.collect.service.misbehaviour import Order
from c2c.collect.service.running import Service, service_of, serving, town_of

__all__ = ["Catalogue", "Order", "Service", "service_of", "serving", "town_of"]
