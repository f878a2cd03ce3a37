"""How long translating and training take: clocks that wait for the device, and the cases of a run."""
