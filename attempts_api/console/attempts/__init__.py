"""What the pages of an attempt show, made ready for their templates."""
