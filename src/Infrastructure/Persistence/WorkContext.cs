namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// The context that the repositories and the unit of work of one scope share. A call that was given up may still use it: it is then refused to
/// later calls, and disposed when that call has ended. Scoped; not thread-safe.
/// </summary>
internal sealed class WorkContext(Database database) : IAsyncDisposable, IDisposable
{
    private NeuroLabDbContext? _context;
    private Task _running = Task.CompletedTask;

    /// <summary>The context; tracks what it reads.</summary>
    public NeuroLabDbContext Context => _context ??= database.CreateContext();

    /// <summary>Whether no call uses it.</summary>
    public bool IsIdle => _running.IsCompleted;

    /// <summary>Makes a call with the context.</summary>
    /// <exception cref="Application.Common.OriginUnavailableException">The database cannot be reached.</exception>
    public Task<T> CallAsync<T>(Func<NeuroLabDbContext, CancellationToken, Task<T>> call, bool retried, CancellationToken cancellationToken)
    {
        if (!IsIdle)
        {
            throw new Application.Common.OriginUnavailableException(Application.Abstractions.Caching.StaleReason.OriginTimeout);
        }

        var context = Context;
        return database.CallAsync(
            async token =>
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _running = done.Task;
                try
                {
                    return await call(context, token);
                }
                finally
                {
                    done.SetResult();
                }
            },
            retried,
            null,
            cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        var context = _context;
        _context = null;
        if (context is null)
        {
            return;
        }

        if (IsIdle)
        {
            await context.DisposeAsync();
            return;
        }

        _ = DisposeLaterAsync(context, _running);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        var context = _context;
        _context = null;
        if (context is not null)
        {
            _ = DisposeLaterAsync(context, _running);
        }
    }

    private static async Task DisposeLaterAsync(NeuroLabDbContext context, Task running)
    {
        await running;
        await context.DisposeAsync();
    }
}
