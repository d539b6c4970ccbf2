"""What runs by itself: workers, schedules, notifiers."""
