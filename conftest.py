"""For the tests of all packages: how long something takes is nobody's mistake, the machine may have other work."""

from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
