"""What runlaw costs, beside plain Python and, where it is at hand, langchain-core."""
