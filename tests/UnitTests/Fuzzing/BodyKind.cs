using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>One type of a request's body, and the command that is made of it.</summary>
internal abstract class BodyKind
{
    /// <summary>The body's type.</summary>
    public abstract Type Type { get; }

    /// <summary>The names of its members.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Reads a body as an endpoint does, from a request, or from the bytes alone.</summary>
    public abstract object Read(ReadOnlyMemory<byte> body, HttpContext? http);

    /// <summary>Makes the command, validates it, and takes it as its handler does, where it is valid.</summary>
    /// <returns>Whether it is valid.</returns>
    public abstract bool Take(object body);

    /// <summary>What the serializer reads by itself; null where it refuses.</summary>
    public abstract object? ReadStrictly(ReadOnlySpan<byte> body);

    /// <summary>The JSON of a body.</summary>
    public abstract string Write(object body);
}

/// <inheritdoc />
/// <param name="command">Makes the command.</param>
/// <param name="validator">The command's validator.</param>
/// <param name="take">What the handler does with text of the command before anything is asked of a store.</param>
internal sealed class BodyKind<TBody, TCommand>(Func<TBody, TCommand> command, IValidator<TCommand> validator, Action<TCommand> take) : BodyKind
    where TBody : class
{
    // Said again, and not taken from the product: a rule that was lost there shows here.
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 16,
    };

    public override Type Type => typeof(TBody);

    public override IReadOnlyList<string> Names { get; } = [.. ApiJson.Options.GetTypeInfo(typeof(TBody)).Properties.Select(property => property.Name)];

    public override object Read(ReadOnlyMemory<byte> body, HttpContext? http)
    {
        if (http is null)
        {
            return JsonBody.Parse<TBody>(body);
        }

        var reading = JsonBody.ReadAsync<TBody>(http);
        // All of it is there: nothing is waited for.
        return reading.IsCompleted ? reading.GetAwaiter().GetResult() : throw new FuzzDisagreementException("a body that is there is waited for");
    }

    public override bool Take(object body)
    {
        var made = command((TBody)body);
        if (!validator.Validate(made).IsValid)
        {
            return false;
        }

        take(made);
        return true;
    }

    public override object? ReadStrictly(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<TBody>(body, Strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public override string Write(object body) => JsonSerializer.Serialize((TBody)body, Strict);
}
