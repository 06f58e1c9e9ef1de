namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// The context that the repositories and the unit of work of one scope share. A call that was given up may still use it: it is then refused to
/// later calls, and disposed when that call has ended. Scoped; not thread-safe.
/// </summary>
internal sealed class WorkContext(Database database) : IAsyncDisposable, IDisposable
{
    private readonly List<Func<NeuroLabDbContext, CancellationToken, Task<int>>> _deletions = [];
    private NeuroLabDbContext? _context;
    private Task _running = Task.CompletedTask;

    /// <summary>The context; tracks what it reads.</summary>
    public NeuroLabDbContext Context => _context ??= database.CreateContext();

    /// <summary>Whether no call uses it.</summary>
    public bool IsIdle => _running.IsCompleted;

    /// <summary>Statements of the commit that delete rows, whichever are there by then.</summary>
    public IReadOnlyList<Func<NeuroLabDbContext, CancellationToken, Task<int>>> Deletions => [.. _deletions];

    /// <summary>Adds a statement to the commit; it answers how many rows it deleted.</summary>
    public void DeleteAtCommit(Func<NeuroLabDbContext, CancellationToken, Task<int>> statement) => _deletions.Add(statement);

    /// <summary>Takes the statements away: they were committed, or are not to be.</summary>
    public void ForgetDeletions() => _deletions.Clear();

    /// <summary>Makes a call with the context.</summary>
    /// <exception cref="Application.Common.OriginUnavailableException">The database cannot be reached.</exception>
    public async Task<T> CallAsync<T>(Func<NeuroLabDbContext, CancellationToken, Task<T>> call, bool retried, CancellationToken cancellationToken)
    {
        if (!IsIdle)
        {
            throw new Application.Common.OriginUnavailableException(Application.Abstractions.Caching.StaleReason.OriginTimeout);
        }

        var context = Context;
        var use = new Use();
        _running = use.Ended;
        try
        {
            return await database.CallAsync(token => use.RunAsync(() => call(context, token)), retried, null, cancellationToken);
        }
        finally
        {
            use.Close();
        }
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

    /// <summary>The use of the context by one call: it ends when nothing runs and, the caller being gone, nothing can begin any more.</summary>
    private sealed class Use
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private int _active;
        private bool _closed;

        public Task Ended => _ended.Task;

        public async Task<T> RunAsync<T>(Func<Task<T>> run)
        {
            lock (_gate)
            {
                // Begun too late, on a thread that had to be waited for: the context may be another's by now.
                ObjectDisposedException.ThrowIf(_closed, this);
                _active++;
            }

            try
            {
                return await run();
            }
            finally
            {
                lock (_gate)
                {
                    _active--;
                    EndIfOver();
                }
            }
        }

        public void Close()
        {
            lock (_gate)
            {
                _closed = true;
                EndIfOver();
            }
        }

        private void EndIfOver()
        {
            if (_closed && _active == 0)
            {
                _ended.TrySetResult();
            }
        }
    }
}
