/** Nodes of one process over real sockets and real files: started, stopped and cut off from one another by tests. */
package io.quorate.tests.cluster;
