"""Pictures from the world: sources, the crawl, depth payloads, views, and who owns what."""
