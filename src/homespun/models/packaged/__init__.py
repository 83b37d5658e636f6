"""The model that comes with the package, for those who have not trained one."""
