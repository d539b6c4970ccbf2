"""Pages of lists, for those who call services."""

from lifecycle_fsm.domain.paging import LARGEST_PAGE, Page, PageRequest

__all__ = ["LARGEST_PAGE", "Page", "PageRequest"]
