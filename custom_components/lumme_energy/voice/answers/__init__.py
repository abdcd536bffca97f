"""What is answered: facts in, sentences out. The rules behind the facts stand elsewhere."""
