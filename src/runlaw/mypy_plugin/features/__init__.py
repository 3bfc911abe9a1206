"""One module for each feature of the plugin."""
