using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Security;

/// <summary>What requests are counted by.</summary>
internal enum CountedKind
{
    /// <summary>The user who is signed in.</summary>
    User,

    /// <summary>The address.</summary>
    Address,

    /// <summary>The address, of scrapes that come with a key or a sign-in.</summary>
    SignedScrape,

    /// <summary>The address, of scrapes that come with neither.</summary>
    OpenScrape,
}

/// <summary>Whom requests are counted for. Compared without text being made of it.</summary>
/// <param name="Kind">What of.</param>
/// <param name="Value">The user's id, or the address.</param>
internal readonly record struct CountedFor(CountedKind Kind, UInt128 Value)
{
    /// <summary>A user.</summary>
    public static CountedFor User(Guid id) => new(CountedKind.User, MemoryMarshal.Read<UInt128>(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in id))));

    /// <summary>The address of a request, as <see cref="ClientAddresses.Counted"/> counts it.</summary>
    public static CountedFor AddressOf(HttpContext http, CountedKind kind) => new(kind, NumberOf(http.Connection.RemoteIpAddress));

    /// <summary>An address as a number: of IPv6 the first 64 bits, an IPv4 address inside IPv6 and one outside alike; of none a number that no address has.</summary>
    internal static UInt128 NumberOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[ClientAddresses.AddressBytes];
        bytes.Clear();
        if (address is null)
        {
            return UInt128.MaxValue;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            // As inside IPv6, where no network of addresses begins like that.
            (bytes[10], bytes[11]) = (0xff, 0xff);
            address.TryWriteBytes(bytes[12..], out _);
        }
        else if (address.IsIPv4MappedToIPv6)
        {
            address.TryWriteBytes(bytes, out _);
        }
        else
        {
            ClientAddresses.WriteNetwork(address, bytes);
        }

        return MemoryMarshal.Read<UInt128>(bytes);
    }
}

/// <summary>
/// Counts the requests of users and addresses: those under way, and those of the minute. Whom nothing is counted for any more is forgotten, looked for at most every
/// <see cref="SweepInterval"/>, when somebody new comes. Thread-safe.
/// </summary>
internal sealed class RequestCounts(TimeProvider clock)
{
    /// <summary>Least time between two looks for who may be forgotten.</summary>
    internal static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<CountedFor, RequestCount> _counts = new();
    private long _sweptAt = clock.GetTimestamp();

    /// <summary>For how many something is counted.</summary>
    internal int Count => _counts.Count;

    /// <summary>Takes a request on.</summary>
    /// <param name="whose">Whose it is.</param>
    /// <param name="most">The most of his that may be under way.</param>
    /// <returns>Leaves it when the request ends; null: there are too many.</returns>
    public RequestCount? Enter(CountedFor whose, int most)
    {
        while (true)
        {
            if (!_counts.TryGetValue(whose, out var count))
            {
                Sweep();
                count = _counts.GetOrAdd(whose, static (_, clock) => new RequestCount(clock), clock);
            }

            switch (count.TryEnter(most))
            {
                case true:
                    return count;
                case false:
                    return null;
                default:
                    // It is being forgotten: the next look finds a new one.
                    _counts.TryRemove(new(whose, count));
                    break;
            }
        }
    }

    private void Sweep()
    {
        var sweptAt = Volatile.Read(ref _sweptAt);
        if (clock.GetElapsedTime(sweptAt) < SweepInterval || Interlocked.CompareExchange(ref _sweptAt, clock.GetTimestamp(), sweptAt) != sweptAt)
        {
            return;
        }

        foreach (var one in _counts)
        {
            if (one.Value.TryClose())
            {
                _counts.TryRemove(one);
            }
        }
    }
}

/// <summary>The requests of one user or address. Thread-safe.</summary>
internal sealed class RequestCount(TimeProvider clock)
{
    private const int Closed = -1;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private int _underWay;
    private long _windowFrom = clock.GetTimestamp();
    private int _inWindow;

    /// <summary>Takes a request on, unless that makes too many at the same time.</summary>
    /// <param name="most">The most that may be under way.</param>
    /// <returns>Whether it was taken on; null: this counts no more.</returns>
    public bool? TryEnter(int most)
    {
        while (true)
        {
            var underWay = Volatile.Read(ref _underWay);
            if (underWay == Closed)
            {
                return null;
            }

            if (underWay >= most)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _underWay, underWay + 1, underWay) == underWay)
            {
                return true;
            }
        }
    }

    /// <summary>Ends a request that was taken on.</summary>
    public void Leave() => Interlocked.Decrement(ref _underWay);

    /// <summary>Counts a request for the minute, unless that makes too many: what is refused is not counted. A minute begins with its first request.</summary>
    /// <param name="most">The most of a minute.</param>
    /// <param name="wait">How long it is until the next minute.</param>
    public bool TryCount(int most, out TimeSpan wait)
    {
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            wait = Window - clock.GetElapsedTime(_windowFrom, now);
            if (wait <= TimeSpan.Zero)
            {
                (_windowFrom, _inWindow, wait) = (now, 0, Window);
            }

            if (_inWindow >= most)
            {
                return false;
            }

            _inWindow++;
            return true;
        }
    }

    /// <summary>Ends the counting, where nothing is counted: nobody is under way, and the minute is over.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            return (_inWindow == 0 || clock.GetElapsedTime(_windowFrom) >= Window) && Interlocked.CompareExchange(ref _underWay, Closed, 0) == 0;
        }
    }
}
