import fc from 'fast-check';

/* Loaded before each test file with a planted fault: that it fails is all that matters, and looking for a smaller case takes long. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
