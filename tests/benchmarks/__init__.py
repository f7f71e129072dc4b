"""The benchmarks: that rivals do what they are said to do, and that a miss is called one."""
