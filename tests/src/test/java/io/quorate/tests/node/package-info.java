/** Whole nodes in one process: the cluster that they form, how it is changed, and what they say of themselves. */
package io.quorate.tests.node;
