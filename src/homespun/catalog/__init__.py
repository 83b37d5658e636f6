"""Catalogues of millions of pictures, classified by many processes."""
