"""Going over a page with the keyboard alone."""

from playwright.sync_api import Locator, Page

MOST_STEPS = 90
IS_SEEN = """() => {
  let at = (document.activeElement.shadowRoot ?? document).activeElement;
  while (at && getComputedStyle(at).outlineStyle === "none") at = at.parentElement;
  return at !== null;
}"""
"""Whether what has the focus, or what holds it, is outlined; the editor outlines itself a moment later."""


def walk_to(page: Page, goal: Locator) -> None:
    """Press Tab until the goal has the focus, and see that one sees it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if goal.evaluate_all("found => found[0] === document.activeElement"):
            page.wait_for_function(IS_SEEN)
            return
    raise AssertionError(f"{MOST_STEPS} steps do not lead to {goal}")
