"""The room's pages: the queue, and a denial's card with what a person does about it."""
