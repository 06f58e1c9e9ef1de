using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>
/// The arguments of a cached method: what of them is the key, what the caller asks of the cache, and what the load is given. A key is <c>prefix:argument:argument</c>; one that would be
/// too long is <c>prefix:#</c> and the SHA-256 of what follows the prefix. Thread-safe.
/// </summary>
internal sealed class CachedArguments
{
    private readonly string _prefix;
    private readonly List<(int Index, ArgumentWriter Write, Func<object?, object?>? Snapshot)> _inKey = [];
    private readonly int _tokenAt = -1;
    private readonly int _optionsAt = -1;

    /// <summary>Looks at the parameters.</summary>
    /// <exception cref="ArgumentException">One cannot be part of a key; the message is the end of a sentence.</exception>
    public CachedArguments(string prefix, IReadOnlyList<ParameterInfo> parameters)
    {
        _prefix = prefix;
        for (var i = 0; i < parameters.Count; i++)
        {
            var (name, type) = (parameters[i].Name, parameters[i].ParameterType);
            if (type == typeof(CancellationToken) && _tokenAt < 0)
            {
                _tokenAt = i;
            }
            else if (type == typeof(CacheReadOptions) && _optionsAt < 0)
            {
                _optionsAt = i;
            }
            else if (type == typeof(CancellationToken) || type == typeof(CacheReadOptions))
            {
                throw new ArgumentException($"it takes two parameters of type {type.Name}");
            }
            else if (type == typeof(CacheReadOptions?))
            {
                throw new ArgumentException($"its parameter {name} is a nullable {nameof(CacheReadOptions)}: its default asks for nothing already");
            }
            else if (type.IsByRef)
            {
                throw new ArgumentException($"its parameter {name} is passed by reference");
            }
            else if (ArgumentText.TryFor(type, out var write, out var snapshot, out var reason))
            {
                _inKey.Add((i, write, snapshot));
            }
            else
            {
                throw new ArgumentException($"its parameter {name} cannot be part of a key: {reason}");
            }
        }
    }

    /// <summary>Reads the arguments of a call. Lists are copied: the load may go on when the caller has changed them.</summary>
    public CachedCall Read(object?[] arguments)
    {
        var text = new StringBuilder(_prefix, 128);
        if (_inKey.Count == 0)
        {
            text.Append(':');
        }

        foreach (var (index, write, snapshot) in _inKey)
        {
            arguments[index] = snapshot is null ? arguments[index] : snapshot(arguments[index]);
            write(text.Append(':'), arguments[index]);
        }

        if (text.Length > CacheKey.MaxLength)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString(_prefix.Length, text.Length - _prefix.Length)));
            text.Length = _prefix.Length;
            text.Append(":#").Append(Convert.ToHexStringLower(hash));
        }

        return new(
            arguments,
            CacheKey.Of(text.ToString()),
            _optionsAt < 0 ? default : (CacheReadOptions)arguments[_optionsAt]!,
            _tokenAt < 0 ? default : (CancellationToken)arguments[_tokenAt]!);
    }

    /// <summary>The arguments for a load: nothing in them is the first caller's alone.</summary>
    public object?[] ForLoad(CachedCall call, CancellationToken cancellationToken)
    {
        object?[] arguments = [.. call.Arguments];
        if (_tokenAt >= 0)
        {
            arguments[_tokenAt] = cancellationToken;
        }

        if (_optionsAt >= 0)
        {
            arguments[_optionsAt] = default(CacheReadOptions);
        }

        return arguments;
    }
}

/// <summary>One call of a cached method.</summary>
/// <param name="Arguments">Its arguments; nobody else changes them.</param>
/// <param name="Key">Its key.</param>
/// <param name="Options">What the caller asks of the cache.</param>
/// <param name="CancellationToken">Ends the caller's waiting.</param>
internal readonly record struct CachedCall(object?[] Arguments, CacheKey Key, CacheReadOptions Options, CancellationToken CancellationToken);
