// scripts left out of the sample
