namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>
/// The thread pool with one worker left. What runs then, runs by itself and in one order, so a run can be repeated; and who runs sees whether anything
/// else is still to be run. Nothing else may need the pool meanwhile: for collections without parallelization only.
/// </summary>
internal static class SingleWorker
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static long s_progress;

    /// <summary>Runs work on the only worker of the pool.</summary>
    public static Task RunAsync(Func<Task> work)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // A thread of its own: the caller may be a worker of the pool, and it is not to be one while this waits.
        new Thread(() => Run(work, end)) { IsBackground = true, Name = "Single worker" }.Start();
        return end.Task;
    }

    /// <summary>Ends when everything that could run has run, so that all that is left waits for a gate or a timer. For the work itself.</summary>
    public static async ValueTask QuiesceAsync()
    {
        s_progress++;
        Narrow();
        do
        {
            await Task.Yield();
        }
        while (ThreadPool.PendingWorkItemCount > 0);
    }

    private static void Run(Func<Task> work, TaskCompletionSource end)
    {
        ThreadPool.GetMinThreads(out var min, out var minIo);
        ThreadPool.GetMaxThreads(out var max, out var maxIo);
        Exception? failure = null;
        try
        {
            var running = Task.Run(() =>
            {
                Narrow();
                return work();
            });
            for (var seen = -1L; !running.Wait(Patience); seen = s_progress)
            {
                if (seen == s_progress)
                {
                    // Something of the test host blocks the worker: it needs another, until that one is free again.
                    ThreadPool.GetMaxThreads(out var now, out _);
                    ThreadPool.SetMaxThreads(now + 1, maxIo);
                    ThreadPool.SetMinThreads(now + 1, minIo);
                }
            }
        }
        catch (AggregateException exception)
        {
            failure = exception.InnerException;
        }

        // Before the end is told: the next one may begin at once.
        ThreadPool.SetMaxThreads(max, maxIo);
        ThreadPool.SetMinThreads(min, minIo);
        if (failure is null)
        {
            end.SetResult();
        }
        else
        {
            end.SetException(failure);
        }
    }

    /// <summary>Takes away the workers that are free: what is left is the caller's own, and those that the test host keeps blocked.</summary>
    private static void Narrow()
    {
        ThreadPool.GetAvailableThreads(out var free, out _);
        if (free > 0)
        {
            ThreadPool.GetMinThreads(out _, out var minIo);
            ThreadPool.GetMaxThreads(out var max, out var maxIo);

            // In this order: the least is never above the most.
            if (!ThreadPool.SetMinThreads(1, minIo) || !ThreadPool.SetMaxThreads(max - free, maxIo) || !ThreadPool.SetMinThreads(max - free, minIo))
            {
                throw new InvalidOperationException("The thread pool cannot be narrowed.");
            }
        }
    }
}
