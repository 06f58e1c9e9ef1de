namespace NeuroLab.Domain.Accounts;

/// <summary>
/// A refresh token as it is stored: by its hash, one use, one of a family that began with a sign-in. A token used twice
/// means that somebody has a copy: the whole family is withdrawn.
/// </summary>
public sealed class RefreshToken
{
    private RefreshToken() => TokenHash = "";

    /// <summary>Creates a token.</summary>
    public RefreshToken(Guid id, Guid userId, Guid familyId, string tokenHash, DateTime createdAt, DateTime expiresAt)
    {
        Id = id;
        UserId = userId;
        FamilyId = familyId;
        TokenHash = tokenHash;
        CreatedAt = createdAt;
        ExpiresAt = expiresAt;
    }

    /// <summary>Its id.</summary>
    public Guid Id { get; private set; }

    /// <summary>Whose it is.</summary>
    public Guid UserId { get; private set; }

    /// <summary>The sign-in that it descends from.</summary>
    public Guid FamilyId { get; private set; }

    /// <summary>SHA-256 of the token, in hexadecimal; unique.</summary>
    public string TokenHash { get; private set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; private set; }

    /// <summary>When it ends, UTC.</summary>
    public DateTime ExpiresAt { get; private set; }

    /// <summary>When it was used, UTC; null while it has not been. A concurrency token in the store: of two uses at once, one fails.</summary>
    public DateTime? UsedAt { get; private set; }

    /// <summary>Marks it as used.</summary>
    public void Use(DateTime now) => UsedAt = now;
}
