"""Where talks are kept."""
