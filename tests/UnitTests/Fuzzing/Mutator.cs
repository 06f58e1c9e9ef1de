using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>Makes inputs from those that are known, by changes chosen at random. The same target and random numbers make the same inputs.</summary>
internal sealed class Mutator
{
    private const int MostKept = 4096;

    /// <summary>An input that is longer than the usual is changed, or grown to, only once in so many: it takes far longer than the others.</summary>
    private const int OneLongIn = 1000;

    private static readonly byte[] InterestingBytes = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, (byte)'0', (byte)'"', (byte)'\\', (byte)'*', (byte)'[', (byte)'{', (byte)'%', (byte)':', (byte)'\n'];
    private static readonly long[] InterestingNumbers =
        [0, 1, -1, 2, 127, 128, 255, 256, short.MaxValue, short.MinValue, ushort.MaxValue, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, 1_000_000_000];

    private readonly FuzzTarget _target;
    private readonly Random _random;
    private readonly List<byte[]> _known;
    private readonly byte[] _buffer;
    private int _length;
    private int _most;

    public Mutator(FuzzTarget target, Random random)
    {
        (_target, _random) = (target, random);
        _known = [.. target.Seeds, .. target.Regressions];
        _buffer = new byte[target.MaxLength];
    }

    /// <summary>How many inputs it works from.</summary>
    public int Known => _known.Count;

    /// <summary>Works from this input, too.</summary>
    public void Keep(byte[] input)
    {
        if (_known.Count < MostKept)
        {
            _known.Add(input);
        }
        else
        {
            // Never a seed: those stand first.
            _known[_random.Next(_target.Seeds.Count, MostKept)] = input;
        }
    }

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        var isLong = _random.Next(OneLongIn) == 0;
        _most = Math.Min(_buffer.Length, isLong ? _buffer.Length : 2 * _target.UsualLength);
        if (_random.Next(64) == 0)
        {
            var noise = new byte[_random.Next(Math.Min(_most, 300))];
            _random.NextBytes(noise);
            return noise;
        }

        Take(Pick(isLong));
        for (var changes = 1 << _random.Next(4); changes > 0; changes--)
        {
            Change();
        }

        var input = _buffer.AsSpan(0, _length).ToArray();
        return _random.Next(8) == 0 ? input : _target.Reshape(input, _random);
    }

    private byte[] Pick(bool isLong)
    {
        var input = _known[_random.Next(_known.Count)];
        for (var tries = 8; input.Length > _target.UsualLength && !isLong && tries > 0; tries--)
        {
            input = _known[_random.Next(_known.Count)];
        }

        return input;
    }

    private void Take(byte[] input)
    {
        _length = Math.Min(input.Length, _most);
        input.AsSpan(0, _length).CopyTo(_buffer);
    }

    private void Change()
    {
        var (at, length) = Range();
        switch (_random.Next(16))
        {
            case 0 when _length > 0:
                _buffer[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when _length > 0:
                _buffer[at] = InterestingBytes[_random.Next(InterestingBytes.Length)];
                break;
            case 2 when _length > 0:
                _buffer[at] = (byte)_random.Next(256);
                break;
            case 3:
                Replace(at, length, []);
                break;
            case 4:
                var more = new byte[_random.Next(1, 9)];
                _random.NextBytes(more);
                Replace(at, 0, more);
                break;
            case 5:
                Repeat(at, length);
                break;
            case 6 or 7:
                var other = _known[_random.Next(_known.Count)];
                var from = _random.Next(other.Length + 1);
                Replace(at, _random.Next(2) == 0 ? 0 : length, other.AsSpan(from, _random.Next(Math.Min(other.Length - from, 64) + 1)));
                break;
            case 8:
                _length = at;
                break;
            case 9:
                Replace(_length, 0, Enumerable.Repeat((byte)_random.Next(256), _random.Next(1, 100)).ToArray());
                break;
            case 10 or 11 when _target.Tokens.Count > 0:
                Replace(at, _random.Next(2) == 0 ? 0 : length, _target.Tokens[_random.Next(_target.Tokens.Count)]);
                break;
            case 12 when _length >= sizeof(long):
                Number(_buffer.AsSpan(_random.Next(_length - sizeof(long) + 1), sizeof(long)));
                break;
            case 13:
                Digits(at);
                break;
            case 14 when _length > 0:
                _buffer[at] += (byte)_random.Next(-4, 5);
                break;
            default:
                var (source, count) = Range();
                Replace(at, length, _buffer.AsSpan(source, count).ToArray());
                break;
        }
    }

    private (int At, int Length) Range()
    {
        var at = _random.Next(Math.Max(1, _length));
        return (at, _random.Next(Math.Min(_length - Math.Min(at, _length), 32) + 1));
    }

    private void Replace(int at, int length, ReadOnlySpan<byte> bytes)
    {
        at = Math.Min(at, _length);
        length = Math.Min(length, _length - at);
        bytes = bytes[..Math.Min(bytes.Length, _most - (_length - length))];
        _buffer.AsSpan(at + length, _length - at - length).CopyTo(_buffer.AsSpan(at + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(at));
        _length += bytes.Length - length;
    }

    /// <summary>A part many times over: what costs more than its length shows by it.</summary>
    private void Repeat(int at, int length)
    {
        if (length == 0)
        {
            return;
        }

        var times = 1 << _random.Next(13);
        var room = Math.Max(0, _most - _length);
        var bytes = new byte[Math.Min((long)times * length, room)];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = _buffer[at + (i % length)];
        }

        Replace(at, 0, bytes);
    }

    private void Number(Span<byte> at)
    {
        var number = InterestingNumbers[_random.Next(InterestingNumbers.Length)] + (_random.Next(4) == 0 ? _random.Next(-2, 3) : 0);
        switch (_random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteInt16LittleEndian(at, unchecked((short)number));
                break;
            case 1:
                BinaryPrimitives.WriteInt32LittleEndian(at, unchecked((int)number));
                break;
            case 2:
                BinaryPrimitives.WriteInt64LittleEndian(at, number);
                break;
            default:
                BinaryPrimitives.WriteInt32BigEndian(at, unchecked((int)number));
                break;
        }
    }

    /// <summary>Puts an extreme number in the place of the digits at or after a place.</summary>
    private void Digits(int at)
    {
        while (at < _length && !char.IsAsciiDigit((char)_buffer[at]))
        {
            at++;
        }

        var end = at;
        while (end < _length && char.IsAsciiDigit((char)_buffer[end]))
        {
            end++;
        }

        if (end > at)
        {
            Replace(at, end - at, Encoding.ASCII.GetBytes(InterestingNumbers[_random.Next(InterestingNumbers.Length)].ToString(CultureInfo.InvariantCulture)));
        }
    }
}
