using System.Text;

namespace NeuroLab.IntegrationTests.History;

/// <summary>What a node is asked to do.</summary>
internal enum OpKind : byte
{
    /// <summary>Get or load.</summary>
    Read,

    /// <summary>Get or load, from the origin.</summary>
    Forced,

    /// <summary>Get by hand; what is not there is read and set with the lease of the miss.</summary>
    Lookup,

    /// <summary>Get or load by way of HybridCache.</summary>
    Hybrid,

    /// <summary>The newest copy, fresh or not.</summary>
    StaleCopy,

    /// <summary>A command: data and records in one transaction of the unit of work.</summary>
    Write,

    /// <summary>A manual invalidation.</summary>
    Invalidate,

    /// <summary>Expire one key.</summary>
    Expire,

    /// <summary>Remove one key.</summary>
    Remove,

    /// <summary>Step the node's wall clock.</summary>
    SetClock,

    /// <summary>Plant a bug in the node, or take it out.</summary>
    Plant,

    /// <summary>Tell the node's counters.</summary>
    Count,

    /// <summary>Many callers of one key at once.</summary>
    Herd,
}

/// <summary>What becomes of a load.</summary>
internal enum LoadFault : byte
{
    None,
    Unavailable,
    Timeout,
    Partial,
}

/// <summary>What a write names.</summary>
internal enum Scope : byte
{
    Key,
    Group,
    Column,
    Tag,
    All,
}

/// <summary>One thing to do.</summary>
internal sealed record Op(OpKind Kind, int Register = 0)
{
    /// <summary>The token that a read presents; negative where it presents none.</summary>
    public long After { get; init; } = -1;

    /// <summary>Milliseconds: of a load, before it reads; of a write, between drawing its transaction id and writing.</summary>
    public int Before { get; init; }

    /// <summary>Milliseconds: of a load, after it has read; of a write, between writing and the commit.</summary>
    public int Late { get; init; }

    public LoadFault Fault { get; init; }

    public Scope Scope { get; init; }

    public bool Purge { get; init; }

    /// <summary>Whatever else the kind needs.</summary>
    public long Number { get; init; }

    public bool IsWrite => Kind is OpKind.Write or OpKind.Invalidate or OpKind.Expire or OpKind.Remove;

    public void WriteTo(BinaryWriter to)
    {
        to.Write((byte)Kind);
        to.Write7BitEncodedInt(Register);
        to.Write7BitEncodedInt64(After);
        to.Write7BitEncodedInt(Before);
        to.Write7BitEncodedInt(Late);
        to.Write((byte)Fault);
        to.Write((byte)Scope);
        to.Write(Purge);
        to.Write7BitEncodedInt64(Number);
    }

    public static Op ReadFrom(BinaryReader from) => new((OpKind)from.ReadByte(), from.Read7BitEncodedInt())
    {
        After = from.Read7BitEncodedInt64(),
        Before = from.Read7BitEncodedInt(),
        Late = from.Read7BitEncodedInt(),
        Fault = (LoadFault)from.ReadByte(),
        Scope = (Scope)from.ReadByte(),
        Purge = from.ReadBoolean(),
        Number = from.Read7BitEncodedInt64(),
    };
}

/// <summary>How an operation ended.</summary>
internal enum Outcome : byte
{
    /// <summary>With an answer, or committed and acknowledged.</summary>
    Done,

    /// <summary>There was nothing to answer with.</summary>
    Missed,

    /// <summary>With an exception: of a write it is not known whether it happened.</summary>
    Failed,
}

/// <summary>Where an answer came from, as far as its way in tells.</summary>
internal enum AnswerSource : byte
{
    None,
    Memory,
    Redis,
    Origin,
    Stale,

    /// <summary>By way of HybridCache, which does not tell.</summary>
    Unmarked,
}

/// <summary>What came of it. Times are of the clock that all processes of a machine share (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>).</summary>
internal sealed record Result
{
    /// <summary>Taken right before the product was called.</summary>
    public long Began { get; init; }

    /// <summary>Taken right after it returned.</summary>
    public long Ended { get; init; }

    public Outcome Outcome { get; init; }

    public long Version { get; init; }

    public AnswerSource Source { get; init; }

    /// <summary>The stale reason plus one; 0 where there is none.</summary>
    public byte Reason { get; init; }

    public bool Invalidated { get; init; }

    /// <summary>Whether the node, as the operation began, was inside the time for which it had verified the journal.</summary>
    public bool Verified { get; init; }

    /// <summary>The token of a write; whatever number else was asked for.</summary>
    public long Number { get; init; }

    /// <summary>What went wrong, or was asked for.</summary>
    public string Text { get; init; } = "";

    public void WriteTo(BinaryWriter to)
    {
        to.Write(Began);
        to.Write(Ended);
        to.Write((byte)Outcome);
        to.Write7BitEncodedInt64(Version);
        to.Write((byte)Source);
        to.Write(Reason);
        to.Write(Invalidated);
        to.Write(Verified);
        to.Write7BitEncodedInt64(Number);
        to.Write(Text);
    }

    public static Result ReadFrom(BinaryReader from) => new()
    {
        Began = from.ReadInt64(),
        Ended = from.ReadInt64(),
        Outcome = (Outcome)from.ReadByte(),
        Version = from.Read7BitEncodedInt64(),
        Source = (AnswerSource)from.ReadByte(),
        Reason = from.ReadByte(),
        Invalidated = from.ReadBoolean(),
        Verified = from.ReadBoolean(),
        Number = from.Read7BitEncodedInt64(),
        Text = from.ReadString(),
    };
}

/// <summary>Batches of operations to a node, and of results back. Reading and writing are one thread's at a time.</summary>
internal sealed class Wire(Stream input, Stream output)
{
    private readonly BinaryReader _input = new(new BufferedStream(input, 1 << 16), Encoding.UTF8);
    private readonly BufferedStream _output = new(output, 1 << 16);
    private readonly Lock _gate = new();

    /// <summary>Sends a batch.</summary>
    public void Send<T>(int id, bool inOrder, IReadOnlyList<T> items, Action<T, BinaryWriter> write)
    {
        var body = new MemoryStream(64 * items.Count);
        var writer = new BinaryWriter(body, Encoding.UTF8);
        writer.Write(id);
        writer.Write(inOrder);
        writer.Write(items.Count);
        foreach (var item in items)
        {
            write(item, writer);
        }

        lock (_gate)
        {
            body.WriteTo(_output);
            _output.Flush();
        }
    }

    /// <summary>Receives one; null at the end of the stream.</summary>
    public (int Id, bool InOrder, T[] Items)? Receive<T>(Func<BinaryReader, T> read)
    {
        try
        {
            var (id, inOrder, items) = (_input.ReadInt32(), _input.ReadBoolean(), new T[_input.ReadInt32()]);
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = read(_input);
            }

            return (id, inOrder, items);
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }
}
