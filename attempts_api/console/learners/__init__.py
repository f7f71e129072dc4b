"""What the pages about learners say: where somebody stands, what a switch would do, why it is asked for."""
