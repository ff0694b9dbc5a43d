"""What is dropped and summed up with age, and how the file is rebuilt smaller."""
