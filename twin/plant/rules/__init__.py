"""What must hold in a station file beyond the shape of its entries, one subject a file."""
