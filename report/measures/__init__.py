"""What several questions measure."""
