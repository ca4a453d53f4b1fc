/** Nodes of one process over real sockets and real files: started, stopped and killed by tests. */
package io.quorate.tests.cluster;
