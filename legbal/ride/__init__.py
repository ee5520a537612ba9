"""What are the legs doing? The fold from inputs to events and views; it cannot do I/O."""
