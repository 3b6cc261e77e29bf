"""What you missed comes back: review, exams, one's own progress, and what the answers say about questions."""
