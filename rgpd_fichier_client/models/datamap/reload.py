class Reload:
    """Have every process read again what it remembers, once the change is saved."""

    def __init__(self, registry):
        self.registry = registry

    def __call__(self):
        self.registry.clear_cache()
        if self.registry.ready:
            self.registry.signal_changes()
