using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Hints by publish and subscribe. The client takes a lost subscription up again by itself; what was published meanwhile is gone, and the poll finds
/// what it told of. Thread-safe.
/// </summary>
internal sealed class RedisHints : IInvalidationHints
{
    private readonly RedisConnection _connection;
    private readonly RedisCalls _calls;
    private readonly RedisChannel _channel;
    private readonly RedisValue _node = Guid.NewGuid().ToByteArray();

    public RedisHints(RedisConnection connection, RedisCalls calls, IOptions<RedisOptions> options)
    {
        (_connection, _calls) = (connection, calls);
        // The separator cannot stand in a key's text: no pattern over keys names the channel.
        _channel = RedisChannel.Literal(options.Value.KeyPrefix + "\u0001hints");
    }

    public void Publish() => _ = PublishAsync();

    public void Subscribe(Action onHint)
    {
        ArgumentNullException.ThrowIfNull(onHint);
        _connection.OnceConnected(multiplexer => multiplexer.GetSubscriber().SubscribeAsync(_channel, (_, sender) =>
        {
            if (sender != _node)
            {
                onHint();
            }
        }));
    }

    private async Task PublishAsync() =>
        await _calls.RunAsync(RedisOperation.Publish, static (database, s) => database.PublishAsync(s._channel, s._node), this, CancellationToken.None).ConfigureAwait(false);
}

/// <summary>No store: the poll alone tells of other nodes' writes.</summary>
internal sealed class NoHints : IInvalidationHints
{
    public void Publish()
    {
        // Nobody to tell.
    }

    public void Subscribe(Action onHint)
    {
        // Nobody tells.
    }
}
