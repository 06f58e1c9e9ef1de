namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>A call that waits to be sent together with others. What follows on its reply runs in the pool: none holds up the others. Thread-safe.</summary>
internal abstract class GatheredCall<T>() : TaskCompletionSource<StoreReply<T>>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>Waits for the reply.</summary>
    /// <param name="cancellationToken">The caller's own; the others that it is sent with stay.</param>
    public ValueTask<StoreReply<T>> WaitAsync(CancellationToken cancellationToken) => new(cancellationToken.CanBeCanceled ? Task.WaitAsync(cancellationToken) : Task);

    /// <summary>Ends it with the reply to a call of its own; with none where that throws, as it does where a listener of the log does.</summary>
    public async Task EndWithAsync(ValueTask<StoreReply<T>> call)
    {
        var reply = default(StoreReply<T>);
        try
        {
            reply = await call.ConfigureAwait(false);
        }
        finally
        {
            SetResult(reply);
        }
    }
}
