/* The one process of a sandbox: holds its namespaces until it is told to end. */
#include <signal.h>
#include <unistd.h>

static void end(int signal_number)
{
	(void)signal_number;
	_exit(0);
}

int main(void)
{
	signal(SIGTERM, end);
	signal(SIGINT, end);
	/* As process 1 of its namespace it has to reap: ignoring the signal lets the kernel do it. */
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		pause();
}
