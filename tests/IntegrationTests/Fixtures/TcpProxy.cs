using System.Net;
using System.Net.Sockets;

namespace NeuroLab.IntegrationTests.Fixtures;

/// <summary>
/// A small TCP proxy on a free loopback port: forwards to a port, and can cut every link, refuse new ones, delay, throttle, corrupt, or swallow what passes, both ways or one
/// (a link that is up at one end only). Links over which a client of Redis subscribed can be treated by themselves.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Link> _links = [];
    private readonly Task _accepting;
    private int _target;
    private TaskCompletionSource? _hole;
    private Swallows _swallowed;
    private bool _refusing;
    private long _delayTicks;
    private int _bytesPerSecond;
    private int _corruptOneIn;

    public TcpProxy(int targetPort)
    {
        _target = targetPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    private enum Swallows
    {
        Both,
        Answers,
        Subscriptions,
    }

    public int Port { get; }

    /// <summary>Where new links go.</summary>
    public int Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    /// <summary>What each piece of data waits for, each way.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>How many bytes pass in a second over each link, each way; 0 for as many as may.</summary>
    public int BytesPerSecond
    {
        get => Volatile.Read(ref _bytesPerSecond);
        set => Volatile.Write(ref _bytesPerSecond, value);
    }

    /// <summary>One in so many pieces that the server sends has one bit flipped; 0 for none.</summary>
    public int CorruptOneIn
    {
        get => Volatile.Read(ref _corruptOneIn);
        set => Volatile.Write(ref _corruptOneIn, value);
    }

    /// <summary>Closes every link and refuses new ones until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        Volatile.Write(ref _refusing, true);
        Drop();
    }

    /// <summary>Links stay up, and nothing passes any more, either way; what was under way is lost for good. New links are held as well.</summary>
    public void BlackHole() => Swallow(Swallows.Both);

    /// <summary>Links stay up, and what clients send arrives, but no answer does.</summary>
    public void SwallowAnswers() => Swallow(Swallows.Answers);

    /// <summary>Links with a subscription stay up, and nothing passes over them any more, either way.</summary>
    public void SwallowSubscriptions() => Swallow(Swallows.Subscriptions);

    /// <summary>New links work again. Those that had fallen into the black hole stay there: their ends never hear of each other again.</summary>
    public void Restore()
    {
        Volatile.Write(ref _refusing, false);
        Interlocked.Exchange(ref _hole, null);
        (Delay, BytesPerSecond, CorruptOneIn) = (TimeSpan.Zero, 0, 0);
    }

    /// <summary>Closes every link; new ones are welcome.</summary>
    public void Drop() => Drop(static _ => true);

    /// <summary>Closes the links with a subscription; new ones are welcome.</summary>
    public void DropSubscriptions() => Drop(static link => link.IsSubscription);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Drop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private void Swallow(Swallows what)
    {
        _swallowed = what;
        Interlocked.CompareExchange(ref _hole, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
    }

    private void Drop(Func<Link, bool> which)
    {
        Link[] links;
        lock (_links)
        {
            links = [.. _links.Where(which)];
            _links.ExceptWith(links);
        }

        foreach (var link in links)
        {
            link.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            if (Volatile.Read(ref _refusing))
            {
                client.Dispose();
                continue;
            }

            _ = ForwardAsync(new Link(client));
        }
    }

    private async Task ForwardAsync(Link link)
    {
        lock (_links)
        {
            _links.Add(link);
        }

        try
        {
            await link.Server.ConnectAsync(IPAddress.Loopback, Target, _stopping.Token);
            (link.Client.NoDelay, link.Server.NoDelay) = (true, true);
            var there = CopyAsync(link, link.Client.GetStream(), link.Server.GetStream(), isAnswer: false);
            var back = CopyAsync(link, link.Server.GetStream(), link.Client.GetStream(), isAnswer: true);
            await await Task.WhenAny(there, back);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The link was cut, by us or by an end of it.
        }
        finally
        {
            link.Dispose();
            lock (_links)
            {
                _links.Remove(link);
            }
        }
    }

    private async Task CopyAsync(Link link, NetworkStream from, NetworkStream to, bool isAnswer)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var length = await from.ReadAsync(buffer, _stopping.Token);
            if (length == 0)
            {
                return;
            }

            link.IsSubscription |= !isAnswer && buffer.AsSpan(0, length).IndexOf("SUBSCRIBE"u8) >= 0;
            if (Volatile.Read(ref _hole) is { } hole && (_swallowed == Swallows.Both || (_swallowed == Swallows.Answers ? isAnswer : link.IsSubscription)))
            {
                await hole.Task.WaitAsync(_stopping.Token);
            }

            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, _stopping.Token);
            }

            if (BytesPerSecond is > 0 and var rate)
            {
                await Task.Delay(TimeSpan.FromSeconds((double)length / rate), _stopping.Token);
            }

            if (isAnswer && CorruptOneIn is > 0 and var oneIn && Random.Shared.Next(oneIn) == 0)
            {
                buffer[Random.Shared.Next(length)] ^= (byte)(1 << Random.Shared.Next(8));
            }

            await to.WriteAsync(buffer.AsMemory(0, length), _stopping.Token);
        }
    }

    private sealed class Link(TcpClient client) : IDisposable
    {
        private volatile bool _isSubscription;

        public TcpClient Client { get; } = client;

        public TcpClient Server { get; } = new();

        public bool IsSubscription
        {
            get => _isSubscription;
            set => _isSubscription = value;
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
