/** What holds for the whole of the project: the direction of dependencies, what is stable, that no kind of an event is forgotten. */
package io.quorate.tests;
