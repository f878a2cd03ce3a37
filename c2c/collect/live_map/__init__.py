"""The live map of a crawl: a page on this machine where dots appear as panoramas arrive."""
