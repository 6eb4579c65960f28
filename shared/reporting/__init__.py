"""What every report is made of: numbers as people read them, drawings of time, pages, JUnit XML."""
